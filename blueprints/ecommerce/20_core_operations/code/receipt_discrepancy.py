# Runs in Odoo as superuser when a receipt is done: what was ordered and will not come gets a person.
for picking in records:
    order = picking.purchase_id
    short = [line for line in order.order_line
             if line.product_id.is_storable and line.qty_received != line.product_qty
             and not line.move_ids.filtered(lambda move: move.state not in ('done', 'cancel'))]
    if short:
        note = ', '.join('%s: %g of %g' % (line.product_id.display_name, line.qty_received, line.product_qty) for line in short)
        order.activity_schedule('mail.mail_activity_data_warning', summary='Receipt differs from the order',
                                note=note, user_id=order.user_id.id or env.uid)
